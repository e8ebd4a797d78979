//! The words of one line of a case: bare ones, fields with their values, texts in quotation marks, each with its column.
//!
//! Promise: every fault of the line is named with its column; nothing of the line is repeated in it.

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// Where it begins, in characters, from 1.
    pub(super) column: usize,
    pub(super) form: Form<'t>,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form<'t> {
    /// `no_deploy`
    Bare(&'t str),
    /// `confidence=high`, `late_reason="told by telephone"`
    Field(&'t str, String),
    /// `"no limb is met"`
    Text(String),
}

/// What is wrong at a column, and what would be accepted.
pub(super) type AtColumn = (usize, String);

/// The words of a line, up to a `#` that begins a comment.
pub(super) fn words<'t>(line: &'t str, faults: &mut Vec<AtColumn>) -> Vec<Word<'t>> {
    let mut words = Vec::new();
    let mut at = Cursor { line, offset: 0 };
    while at.skip_spaces() && !at.rest().starts_with('#') {
        let column = at.column();
        let form = match at.word() {
            Ok(form) => form,
            Err((column, problem)) => {
                faults.push((column, problem.into()));
                // What an open quotation mark holds is not known, so nothing more can be said of the line.
                break;
            }
        };
        words.push(Word { column, form });
    }
    words
}

struct Cursor<'t> {
    line: &'t str,
    offset: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.line.get(self.offset..).unwrap_or_default()
    }

    fn column(&self) -> usize {
        self.line.get(..self.offset).unwrap_or_default().chars().count() + 1
    }

    /// Whether anything follows.
    fn skip_spaces(&mut self) -> bool {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
        !self.rest().is_empty()
    }

    fn word(&mut self) -> Result<Form<'t>, (usize, &'static str)> {
        if let Some(text) = self.quoted()? {
            return Ok(Form::Text(text));
        }
        let rest = self.rest();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let bare = rest.get(..end).unwrap_or_default();
        let Some((name, value)) = bare.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            self.offset += end;
            return Ok(Form::Bare(bare));
        };
        self.offset += name.len() + 1;
        if let Some(text) = self.quoted()? {
            return Ok(Form::Field(name, text));
        }
        self.offset += value.len();
        Ok(Form::Field(name, value.to_owned()))
    }

    /// A text in straight or in typographic quotation marks, if one begins here.
    fn quoted(&mut self) -> Result<Option<String>, (usize, &'static str)> {
        let closing = match self.rest().chars().next() {
            Some('"') => '"',
            Some('“') => '”',
            _ => return Ok(None),
        };
        let opened = self.column();
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, c @ ('"' | '”' | '\\'))) => text.push(c),
                    _ => return Err((opened, "in a text, expected \\\" , \\\\ or \\n where a backslash is")),
                },
                c if c == closing => {
                    self.offset += at + c.len_utf8();
                    if self.rest().chars().next().is_some_and(|c| !c.is_whitespace()) {
                        return Err((self.column(), "expected a space after the text"));
                    }
                    return Ok(Some(text));
                }
                c => text.push(c),
            }
        }
        Err((opened, "this text is not closed: expected a quotation mark at its end, on the same line"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Vec<Word<'_>>, Vec<AtColumn>) {
        let mut faults = Vec::new();
        let words = words(line, &mut faults);
        (words, faults)
    }

    #[test]
    fn a_line_is_bare_words_fields_and_texts_each_with_its_column() {
        let (words, faults) = read("02:05 decided é=1 why=\"a b\"  “no \\\\ limb” x=y#z # a comment");
        assert_eq!(faults, []);
        let word = |column, form| Word { column, form };
        let expected = [
            word(1, Form::Bare("02:05")),
            word(7, Form::Bare("decided")),
            word(15, Form::Field("é", "1".into())),
            word(19, Form::Field("why", "a b".into())),
            word(30, Form::Text("no \\ limb".into())),
            word(43, Form::Field("x", "y#z".into())),
        ];
        assert_eq!(words, expected);
        assert_eq!(read("  # only a comment"), (vec![], vec![]));
    }

    #[test]
    fn a_text_that_is_not_well_written_is_a_fault_at_its_column() {
        for (line, column, part) in
            [("a \"b c", 3, "not closed"), ("a \"b\"c", 6, "a space after"), ("a x=\"b\\d\"", 5, "backslash")]
        {
            let (_, faults) = read(line);
            assert!(
                matches!(faults.as_slice(), [(at, says)] if *at == column && says.contains(part)),
                "{faults:?}"
            );
        }
    }
}
