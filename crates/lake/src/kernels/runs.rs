//! Rows that follow each other and agree in what they are counted by.

use super::Key;
use core::ops::Range;

/// The runs of a batch of rows.
#[derive(Debug, Default)]
pub struct Runs {
    /// 1 where a row differs from the one before it.
    differs: Vec<u8>,
}

impl Runs {
    /// Hands each run's key and rows to `visit`, in order; runs that are not `kept` are left out.
    ///
    /// `dims` are columns of equal length, one id a row; without any, all kept neighbours are one run.
    pub fn visit(
        &mut self,
        rows: usize,
        dims: &[&[i32]],
        kept: Option<&[bool]>,
        mut visit: impl FnMut(Key, Range<usize>),
    ) {
        self.mark(rows, dims, kept);
        let mut start = 0;
        while start < rows {
            let rest = self.differs.get(start + 1..rows).unwrap_or_default();
            let end = memchr::memchr(1, rest).map_or(rows, |next| start + 1 + next);
            if kept.is_none_or(|kept| kept.get(start) == Some(&true)) {
                let ids = dims.iter().filter_map(|dim| dim.get(start).copied());
                visit(Key::of(ids), start..end);
            }
            start = end;
        }
    }

    fn mark(&mut self, rows: usize, dims: &[&[i32]], kept: Option<&[bool]>) {
        self.differs.clear();
        self.differs.resize(rows, 0);
        for dim in dims {
            mark(&mut self.differs, dim);
        }
        if let Some(kept) = kept {
            mark(&mut self.differs, kept);
        }
    }
}

/// One pass a column over two shifted slices, which the compiler turns into wide instructions.
fn mark<T: PartialEq + Copy>(differs: &mut [u8], column: &[T]) {
    let later = column.get(1..).unwrap_or_default();
    let marks = differs.get_mut(1..).unwrap_or_default();
    for ((mark, this), before) in marks.iter_mut().zip(later).zip(column) {
        *mark |= u8::from(this != before);
    }
}
