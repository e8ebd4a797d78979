//! Tables of chosen entries, every text closed.

use super::leaving::Leaving;
use crate::exit::Failure;
use onus_export::data::{self, Chosen, Data, DataFormat, Event};
use std::path::Path;

pub(super) fn write_into(
    leaving: &Leaving<'_>,
    folder: &Path,
    format: DataFormat,
    chosen: &Chosen,
) -> Result<data::Written, Failure> {
    let mut open = |_: &mut [Event]| Ok(());
    let mut data = Data {
        reader: &leaving.reader,
        chosen,
        erased: &|key| leaving.erasures.on(key),
        open: &mut open,
        progress: &|_, _| {},
    };
    Ok(data::write(format, folder, &mut data)?)
}
