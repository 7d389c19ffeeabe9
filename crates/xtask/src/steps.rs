//! Named steps with their durations, and a table of them at the end.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// The steps of one command, in order.
#[derive(Debug)]
pub struct Steps {
    total: usize,
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    title: String,
    time: Duration,
    passed: bool,
}

impl Steps {
    pub const fn new(total: usize) -> Self {
        Self {
            total,
            done: Vec::new(),
        }
    }

    /// Runs the next step; prints its title before and its duration after.
    pub fn run<T>(&mut self, title: &str, step: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let number = self.done.len() + 1;
        let heading = format!("[{number}/{}] {title} …", self.total);
        println!("{heading}");
        let started = Instant::now();
        let result = step();
        let time = started.elapsed();
        let passed = result.is_ok();
        println!(
            "{heading} {}{}",
            seconds(time),
            if passed { "" } else { "  FAILED" }
        );
        self.done.push(Done {
            title: title.into(),
            time,
            passed,
        });
        result
    }

    /// One line for each step, printed at the end.
    pub fn summary(&self) -> String {
        let width = self
            .done
            .iter()
            .map(|step| step.title.chars().count())
            .max()
            .unwrap_or(0);
        let mut table = String::new();
        for step in &self.done {
            let verdict = if step.passed { "ok" } else { "FAILED" };
            let _ = writeln!(
                table,
                "{:width$}  {:>9}  {verdict}",
                step.title,
                seconds(step.time)
            );
        }
        let total: Duration = self.done.iter().map(|step| step.time).sum();
        let _ = write!(table, "{:width$}  {:>9}", "all", seconds(total));
        table
    }
}

/// `3.2 s`, `93 s`, `8 min 14 s`: as precise as a waiting person needs it.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        short @ 10..120 => format!("{short} s"),
        long => format!("{} min {} s", long / 60, long % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let told = [3.24, 93.0, 494.0].map(|time| seconds(Duration::from_secs_f64(time)));
        assert_eq!(told, ["3.2 s", "93 s", "8 min 14 s"]);
    }

    #[test]
    fn the_summary_names_the_step_that_failed() {
        let mut steps = Steps::new(2);
        steps.run("first", || Ok(())).unwrap();
        steps
            .run("second", || anyhow::bail!("no") as anyhow::Result<()>)
            .unwrap_err();
        let summary = steps.summary();
        let lines: Vec<_> = summary.lines().collect();
        assert!(
            lines[0].starts_with("first") && lines[0].ends_with("ok"),
            "{summary}"
        );
        assert!(
            lines[1].starts_with("second") && lines[1].ends_with("FAILED"),
            "{summary}"
        );
    }
}
