//! Lines of a text that a person wrote, for errors that name one: the one place that counts them.

use std::ops::Range;

/// The line on which a piece of the text begins, counted from 1; the first where the place is not known.
#[must_use]
pub fn line_of(text: &str, place: Option<Range<usize>>) -> usize {
    let before = place.and_then(|place| text.get(..place.start)).unwrap_or_default();
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn lines_are_counted_from_one_up_to_where_the_piece_begins() {
        let text = "a = 1\nb = \"é\"\nc = x\n";
        assert_eq!([0, 5, 6, 15, 20].map(|at| line_of(text, Some(at..at))), [1, 1, 2, 3, 3]);
        assert_eq!(line_of(text, None), 1);
        assert_eq!(line_of(text, Some(99..99)), 1);
    }
}
