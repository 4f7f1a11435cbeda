//! Small symmetric matrices.

#[derive(Clone, Debug)]
pub(super) struct Matrix {
    size: usize,
    values: Vec<f64>,
}

impl Matrix {
    pub(super) fn new(size: usize) -> Self {
        Self { size, values: vec![0.0; size.saturating_mul(size)] }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values
            .get(row.saturating_mul(self.size).saturating_add(column))
            .copied()
            .unwrap_or(0.0)
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        if let Some(old) = self.values.get_mut(row.saturating_mul(self.size).saturating_add(column))
        {
            *old = value;
        }
    }

    pub(super) fn add(&mut self, row: usize, column: usize, value: f64) {
        if let Some(old) = self.values.get_mut(row.saturating_mul(self.size).saturating_add(column))
        {
            *old += value;
        }
    }

    /// x with A·x = b for a positive definite A, by Cholesky's method on A scaled to a unit diagonal, which is
    /// made a little larger where it is singular.
    pub(super) fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        let scale: Vec<f64> =
            (0..self.size).map(|row| 1.0 / self.at(row, row).max(1e-300).sqrt()).collect();
        let mut scaled = Self::new(self.size);
        for (row, left) in scale.iter().enumerate() {
            for (column, right) in scale.iter().enumerate() {
                scaled.set(row, column, self.at(row, column) * left * right);
            }
            scaled.add(row, row, 1e-11);
        }
        let lower = scaled.cholesky()?;
        let right: Vec<f64> =
            right.iter().zip(&scale).map(|(value, scale)| value * scale).collect();
        let found = lower.back(&lower.forward(&right));
        Some(found.iter().zip(&scale).map(|(value, scale)| value * scale).collect())
    }

    fn cholesky(&self) -> Option<Self> {
        let mut lower = Self::new(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| lower.at(row, k) * lower.at(column, k)).sum();
                let rest = self.at(row, column) - known;
                if row == column {
                    if rest.is_nan() || rest <= 0.0 {
                        return None;
                    }
                    lower.set(row, row, rest.sqrt());
                } else {
                    lower.set(row, column, rest / lower.at(column, column));
                }
            }
        }
        Some(lower)
    }

    fn forward(&self, right: &[f64]) -> Vec<f64> {
        let mut found: Vec<f64> = Vec::with_capacity(self.size);
        for (row, value) in right.iter().enumerate() {
            let known: f64 = found.iter().enumerate().map(|(k, x)| self.at(row, k) * x).sum();
            found.push((value - known) / self.at(row, row));
        }
        found
    }

    fn back(&self, right: &[f64]) -> Vec<f64> {
        let mut found = vec![0.0; self.size];
        for (row, value) in right.iter().enumerate().rev() {
            let known: f64 = found
                .iter()
                .enumerate()
                .skip(row.saturating_add(1))
                .map(|(k, x)| self.at(k, row) * x)
                .sum();
            if let Some(slot) = found.get_mut(row) {
                *slot = (value - known) / self.at(row, row);
            }
        }
        found
    }
}
