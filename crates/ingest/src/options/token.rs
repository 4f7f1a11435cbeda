//! A line as words: blanks part them, quotes keep a name with blanks together.

use super::fault::Fault;

/// The words of a line. `+"C:\a b"` is one word, as the daemon reads it; `\` is a letter like others.
pub(super) fn words(line: &str) -> Result<Vec<String>, Fault> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    if quoted {
        return Err(Fault::Quote);
    }
    words.extend(word);
    Ok(words)
}
