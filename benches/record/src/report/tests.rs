use super::*;

#[test]
fn a_section_is_replaced_and_what_stands_around_it_is_kept() {
    let text = "a\n<!-- recorded: x -->\nold\n<!-- end: x -->\nb\n";
    let new = woven(text, "x", "new\n").unwrap();
    assert_eq!(new, "a\n<!-- recorded: x -->\n\nnew\n\n<!-- end: x -->\nb\n");
    assert_eq!(woven(&new, "x", "new\n").unwrap(), new);
    assert!(woven(text, "y", "").unwrap_err().contains("<!-- end: y -->"));
}

/// A repository with twenty lines of source, and the commit that has them.
struct Repository {
    root: PathBuf,
    commit: String,
}

impl Repository {
    fn new(name: &str) -> Self {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
        let root = target.join("bench-repositories").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src")).unwrap();
        let mut made = Self { root, commit: String::new() };
        made.write("src/lib.rs", 20, 0);
        made.git(&["init", "-q", "-b", "main"]);
        made.commit = made.commit_all();
        made
    }

    /// A file of numbered lines, the first of which differ from what they would be otherwise.
    fn write(&self, file: &str, lines: usize, other: usize) {
        let line = |number| format!("{} {number} {file}\n", if number < other { "another line" } else { "line" });
        fs::write(self.root.join(file), (0..lines).map(line).collect::<String>()).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = history::command(&self.root);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit_all(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-qm", "Go on"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// What is said of a record that was made at a commit.
    fn judged(&self, commit: &str, paths: &[&'static str]) -> Result<Option<Skipped>> {
        let record = Record {
            bench: "overhead".to_owned(),
            date: String::new(),
            commit: commit.to_owned(),
            command: "cargo bench -- --record".to_owned(),
            machine: Machine::this("1.88.0"),
            rows: Vec::new(),
        };
        ages(&self.root, &[(record, paths.to_vec())])
    }

    fn refused(&self) -> String {
        self.judged(&self.commit, &["src"]).unwrap_err().to_string()
    }
}

#[test]
fn a_record_holds_until_more_than_a_tenth_is_new() {
    let made = Repository::new("tenth");
    assert_eq!(made.judged(&made.commit, &["src"]).unwrap(), None);
    made.write("src/lib.rs", 20, 2);
    // What is elsewhere, and unit tests, are no matter of the record.
    made.write("README.md", 100, 0);
    fs::create_dir(made.root.join("src/lib")).unwrap();
    made.write("src/lib/tests.rs", 100, 0);
    made.commit_all();
    assert_eq!(made.judged(&made.commit, &["src"]).unwrap(), None);
    made.write("src/lib.rs", 20, 3);
    made.commit_all();
    let refused = made.refused();
    for words in ["`overhead`", "3 of 20 lines", &made.commit[..7], "cargo bench -- --record"] {
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn changes_that_are_not_committed_count() {
    let made = Repository::new("uncommitted");
    assert_eq!(history::head(&made.root, &["src"]).unwrap(), made.commit);
    made.write("src/lib.rs", 20, 3);
    assert!(made.refused().contains("3 of 20 lines"));
    assert!(
        history::head(&made.root, &["src"]).unwrap_err().to_string().contains("commit this before:\n M src/lib.rs")
    );
}

#[test]
fn a_file_that_was_moved_is_not_new() {
    let made = Repository::new("moved");
    fs::create_dir(made.root.join("crates")).unwrap();
    made.git(&["mv", "src/lib.rs", "crates/lib.rs"]);
    made.commit_all();
    assert_eq!(made.judged(&made.commit, &["crates"]).unwrap(), None);
    let why = made.judged(&made.commit, &["crates", "src"]).unwrap_err().to_string();
    assert!(why.contains("'src' did not match any file"), "{why}");
}

#[test]
fn a_commit_that_is_not_in_the_history_is_told() {
    let made = Repository::new("unknown");
    made.write("src/lib.rs", 21, 0);
    made.git(&["commit", "-qam", "Go astray"]);
    let astray = made.git(&["rev-parse", "HEAD"]);
    made.git(&["reset", "-q", "--hard", "HEAD~"]);
    for commit in [&astray, &"0".repeat(40), "", "--all"] {
        let why = made.judged(commit, &["src"]).unwrap_err().to_string();
        assert!(why.contains("not in the history of HEAD") && why.contains("benches/recorded/overhead.json"), "{why}");
    }
}

#[test]
fn without_the_commits_it_is_skipped() {
    let made = Repository::new("deep");
    made.write("src/lib.rs", 40, 0);
    let last = made.commit_all();
    let clone = Repository::new("shallow");
    fs::remove_dir_all(&clone.root).unwrap();
    made.git(&["clone", "-q", "--depth", "1", &format!("file://{}", made.root.display()), "../shallow"]);
    let skipped = clone.judged(&made.commit, &["src"]).unwrap().unwrap();
    assert!(skipped.reason.contains("shallow clone does not have the commits of overhead"), "{skipped:?}");
    assert_eq!(clone.judged(&last, &["src"]).unwrap(), None);
    fs::remove_dir_all(clone.root.join(".git")).unwrap();
    assert!(clone.judged(&last, &["src"]).unwrap().unwrap().reason.contains("without a git repository"));
}
