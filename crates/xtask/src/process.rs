//! Child processes. Each has its own process group, so that Ctrl+C reaches only this process, which passes it on
//! exactly once: some programs treat a second one as "stop at once, clean up nothing". A first interrupt ends the
//! children and lets every `Drop` here run; a second one kills.

use std::io::Write as _;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How long a child may take to exit by itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// Signals closer together than this count as one: `timeout`, for example, signals both this process and its group.
const SAME_WISH: Duration = Duration::from_secs(1);

struct Groups {
    interrupted: Option<Instant>,
    running: Vec<Pid>,
}

static GROUPS: Mutex<Groups> = Mutex::new(Groups {
    interrupted: None,
    running: Vec::new(),
});

fn groups() -> MutexGuard<'static, Groups> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Forwards Ctrl+C, a termination or a hang-up to all running children.
pub fn forward_interrupts() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        let mut groups = groups();
        let signal = match groups.interrupted {
            None => Signal::SIGINT,
            Some(first) if first.elapsed() < SAME_WISH => return,
            Some(_) => Signal::SIGKILL,
        };
        groups.interrupted.get_or_insert_with(Instant::now);
        for group in &groups.running {
            signal_group(*group, signal);
        }
    })
    .context("listening for Ctrl+C")
}

/// Whether an interrupt has asked the process to stop.
pub fn interrupted() -> bool {
    groups().interrupted.is_some()
}

/// Runs a command and waits for its end. An error names the command.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = Running::start(command)?.wait()?;
    if interrupted() {
        bail!("stopped by an interrupt");
    }
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a command and returns what it prints. An error names the command.
pub fn read(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{}`", line(command)))?;
    anyhow::ensure!(
        output.status.success(),
        "`{}` failed ({})",
        line(command),
        output.status
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a command with this input and waits for its end.
pub fn feed(command: &mut Command, input: &str) -> anyhow::Result<()> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("starting `{}`", line(command)))?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "{input}")?;
    }
    let status = child.wait()?;
    anyhow::ensure!(status.success(), "`{}` failed ({status})", line(command));
    Ok(())
}

/// Whether a command exists and succeeds; its output is discarded.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a clean-up command, also after an interrupt; its failure is ignored.
pub fn tidy(command: &mut Command) {
    succeeds(command.process_group(0));
}

/// A child process; dropping this value ends it and every process that it started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    group: Pid,
}

impl Running {
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut groups = groups();
        if groups.interrupted.is_some() {
            bail!("stopped by an interrupt");
        }
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("starting `{}`", line(command)))?;
        let group = Pid::from_raw(i32::try_from(child.id())?);
        groups.running.push(group);
        Ok(Self { child, group })
    }

    pub fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the child has exited by itself.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn end(&mut self) {
        if !interrupted() && matches!(self.child.try_wait(), Ok(None)) {
            signal_group(self.group, Signal::SIGINT);
        }
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
        signal_group(self.group, Signal::SIGKILL);
        let _ = self.child.wait();
        groups().running.retain(|group| *group != self.group);
    }
}

/// Ignores the error: if the group has ended in the meantime, nothing is left to do.
fn signal_group(group: Pid, signal: Signal) {
    let _ = killpg(group, signal);
}

/// The command as typed into a shell.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named() {
        let error = run(Command::new("sh").args(["-c", "exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
    }

    #[test]
    fn nothing_that_a_child_started_outlives_it() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {}", pid.display());
        run(Command::new("sh").args(["-c", &script])).unwrap();
        let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let gone = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z ")
        });
        assert!(gone, "sleep {pid} still runs");
    }

    #[test]
    fn a_child_is_asked_before_it_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, asked) = (folder.path().join("ready"), folder.path().join("asked"));
        let script = format!(
            "trap 'echo > {}; exit' INT; echo > {}; while :; do sleep 0.05; done",
            asked.display(),
            ready.display()
        );
        let child = Running::start(Command::new("sh").args(["-c", &script])).unwrap();
        while !ready.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(child);
        assert!(asked.exists());
    }
}
