use super::*;

#[test]
fn a_section_is_replaced_and_the_text_around_it_stays() {
    let text = "a\n<!-- recorded: x -->\nold\n<!-- end: x -->\nb\n";
    let new = with_section(text, "x", "new\n").unwrap();
    assert_eq!(new, "a\n<!-- recorded: x -->\n\nnew\n\n<!-- end: x -->\nb\n");
    assert_eq!(with_section(&new, "x", "new\n").unwrap(), new);
    assert!(with_section(text, "y", "").unwrap_err().contains("<!-- end: y -->"));
}

/// Holds a git repository with twenty lines of source, and their commit.
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
        let mut repository = Self { root, commit: String::new() };
        repository.write("src/lib.rs", 20, 0);
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit = repository.commit_all();
        repository
    }

    /// Writes a file of numbered lines, of which the first `other` lines are different.
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

    /// Checks a record of this commit.
    fn check(&self, commit: &str, paths: &[&'static str]) -> Result<Option<Skipped>> {
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
        self.check(&self.commit, &["src"]).unwrap_err().to_string()
    }
}

#[test]
fn a_record_is_stale_when_more_than_a_tenth_of_its_lines_is_new() {
    let repository = Repository::new("tenth");
    assert_eq!(repository.check(&repository.commit, &["src"]).unwrap(), None);
    repository.write("src/lib.rs", 20, 2);
    // Other paths and unit tests do not count.
    repository.write("README.md", 100, 0);
    fs::create_dir(repository.root.join("src/lib")).unwrap();
    repository.write("src/lib/tests.rs", 100, 0);
    repository.commit_all();
    assert_eq!(repository.check(&repository.commit, &["src"]).unwrap(), None);
    repository.write("src/lib.rs", 20, 3);
    repository.commit_all();
    let refused = repository.refused();
    for words in ["`overhead`", "3 of 20 lines", &repository.commit[..7], "cargo bench -- --record"] {
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn uncommitted_changes_count_as_new() {
    let repository = Repository::new("uncommitted");
    assert_eq!(history::head(&repository.root, &["src"]).unwrap(), repository.commit);
    repository.write("src/lib.rs", 20, 3);
    assert!(repository.refused().contains("3 of 20 lines"));
    assert!(
        history::head(&repository.root, &["src"])
            .unwrap_err()
            .to_string()
            .contains("commit these files first:\n M src/lib.rs")
    );
}

#[test]
fn a_moved_file_is_not_new() {
    let repository = Repository::new("moved");
    fs::create_dir(repository.root.join("crates")).unwrap();
    repository.git(&["mv", "src/lib.rs", "crates/lib.rs"]);
    repository.commit_all();
    assert_eq!(repository.check(&repository.commit, &["crates"]).unwrap(), None);
    let why = repository.check(&repository.commit, &["crates", "src"]).unwrap_err().to_string();
    assert!(why.contains("'src' did not match any file"), "{why}");
}

#[test]
fn a_commit_outside_of_the_history_is_refused() {
    let repository = Repository::new("unknown");
    repository.write("src/lib.rs", 21, 0);
    repository.git(&["commit", "-qam", "Go unreachable"]);
    let unreachable = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["reset", "-q", "--hard", "HEAD~"]);
    for commit in [&unreachable, &"0".repeat(40), "", "--all"] {
        let why = repository.check(commit, &["src"]).unwrap_err().to_string();
        assert!(why.contains("not in the history of HEAD") && why.contains("benches/recorded/overhead.json"), "{why}");
    }
}

#[test]
fn the_age_is_not_checked_without_the_commits() {
    let repository = Repository::new("deep");
    repository.write("src/lib.rs", 40, 0);
    let last = repository.commit_all();
    let clone = Repository::new("shallow");
    fs::remove_dir_all(&clone.root).unwrap();
    repository.git(&["clone", "-q", "--depth", "1", &format!("file://{}", repository.root.display()), "../shallow"]);
    let skipped = clone.check(&repository.commit, &["src"]).unwrap().unwrap();
    assert!(skipped.reason.contains("shallow clone lacks the commits of the records of overhead"), "{skipped:?}");
    assert_eq!(clone.check(&last, &["src"]).unwrap(), None);
    fs::remove_dir_all(clone.root.join(".git")).unwrap();
    assert!(clone.check(&last, &["src"]).unwrap().unwrap().reason.contains("without a git repository"));
}
