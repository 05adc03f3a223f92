//! The processor time of processes, as Linux counts it.

use std::fs;
use std::time::Duration;

/// What `/proc` counts in: `USER_HZ`, which is 100 on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// The processor time that a process and its children have taken, those that have ended included.
pub(crate) fn of_tree(pid: u32) -> Duration {
    let children: Duration = processes().filter(|(_, parent)| *parent == pid).map(|(child, _)| of_tree(child)).sum();
    own(pid).unwrap_or_default() + children
}

/// The memory that a process holds, in bytes.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() * 1024
}

fn own(pid: u32) -> Option<Duration> {
    // utime, stime, and those of children that have ended, after the name in brackets.
    let fields = stat(pid)?;
    let ticks: f64 = (11..=14).filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum();
    Some(Duration::from_secs_f64(ticks / TICKS_A_SECOND))
}

fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.split(' ').map(ToOwned::to_owned).collect())
}

/// Every process with its parent.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?.get(1)?.parse().ok()?)))
}
