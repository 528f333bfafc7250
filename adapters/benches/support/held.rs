//! What the system says of this process's memory.

/// Kilobytes of a kind, such as `VmRSS` or `RssAnon`; 0 where the system does not tell.
pub(crate) fn kilobytes(kind: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    let told = lines.find_map(|(name, told)| (name == kind).then_some(told));
    let number = told.and_then(|told| told.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
