//! Records of a fixed layout, read and written field by field. All integers are little-endian.

/// What is left of a record to read. Every step gives `None` at its end.
pub(crate) struct Cut<'a>(&'a [u8]);

impl<'a> Cut<'a> {
    pub(crate) fn new(record: &'a [u8]) -> Self {
        Self(record)
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(field)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().map(|field| u32::from_le_bytes(*field))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take().map(|field| u64::from_le_bytes(*field))
    }

    /// Steps over `N` bytes, which must be zero.
    pub(crate) fn zeros<const N: usize>(&mut self) -> Option<()> {
        (self.take::<N>()? == &[0; N]).then_some(())
    }
}

/// The fields in order, then zeros up to `N` bytes.
pub(crate) fn record<const N: usize>(fields: &[&[u8]]) -> [u8; N] {
    let mut record = [0; N];
    record.iter_mut().zip(fields.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
    record
}
