//! `clara costs export` beside a running Clara, who is asked through her socket.

use super::{Process, clara, run};

#[test]
fn a_running_clara_tells_what_clients_cost_and_the_same_as_her_directory_at_rest() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    // The demo spends something, and holds its own ledgers against the bills.
    let month = jiff::Timestamp::now().strftime("%Y-%m").to_string();
    let demo = clara(&["sandbox", "--script", "demo", "--data", &path("")]);
    assert_eq!(demo.code, 0, "{}{}", demo.out, demo.err);
    let mut world = Process::start(&["sandbox", "--services", "--data", &path("")], &[]);
    world.says("clara run --config");
    let export = |more: &[&str]| {
        let (config, data) = (path("clara.toml"), path("data"));
        let mut arguments = vec!["costs", "export", "--config", &config, &data];
        arguments.extend(["--month", month.as_str()]);
        arguments.extend(more);
        clara(&arguments)
    };

    let mut process = run(dir.path());
    let asked = export(&[]);
    assert_eq!((asked.code, asked.err.as_str()), (0, ""), "{}", asked.out);
    for client in ["fjord", "harbour", "koyo"] {
        let line = format!("\r\n{client},{month}-");
        assert!(asked.out.contains(&line), "{client}: {}", asked.out);
    }
    assert!(asked.out.contains(",chat,sandbox-writer,certain,"));
    let one = export(&["--client", "koyo", &path("koyo.csv")]);
    assert_eq!(one.code, 0, "{}", one.err);
    let file = std::fs::read_to_string(path("koyo.csv")).unwrap();
    assert!(file.lines().skip(1).all(|line| line.starts_with("koyo,")));
    let nobody = export(&["--client", "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(
        nobody.err.contains("has nothing of client/nobody"),
        "{}",
        nobody.err
    );

    process.end("TERM");
    assert_eq!(export(&[]).out, asked.out);
}
