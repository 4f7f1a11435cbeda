//! A workstation: the agent in a state directory of its own, and products that are copies of `sleep`.

use crate::office::{Office, WallClock, until};
use serde_json::Value;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Waits of the agent that no test can wait for.
const SHORT: &str =
    "poll_millis = 50\ntry_millis = 50\nretry_millis = 100\nheartbeat_seconds = 1\n";

/// A workstation; dropped, its agent is killed.
pub(crate) struct Desk {
    directory: TempDir,
    agent: Option<Child>,
    pub(crate) clock: Option<WallClock>,
    has_page: bool,
}

impl Desk {
    /// A workstation whose agent answers by rule: what [`Desk::answer`] says.
    pub(crate) fn new(office: &Office) -> Self {
        Self::with(office, &format!("[test]\n{SHORT}answers = \"{{state}}/answers\"\n"), false)
    }

    /// A workstation where people are asked in a page; see [`crate::page`].
    pub(crate) fn with_page(office: &Office) -> Self {
        let opener = r#"opener = ["/bin/sh", "-c", 'echo "$0" >"$1.next"; mv "$1.next" "$1"', "{url}", "{state}/url"]"#;
        Self::with(office, &format!("{opener}\n[test]\n{SHORT}"), true)
    }

    /// A workstation with these settings, in which `{state}` is the state directory.
    pub(crate) fn with(office: &Office, settings: &str, has_page: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = WallClock::new(directory.path().join("clock"));
        let desk = Self { directory, agent: None, clock, has_page };
        std::fs::create_dir(desk.state()).unwrap();
        let settings = settings.replace("{state}", desk.state().to_str().unwrap());
        std::fs::write(desk.state().join("agent.toml"), settings).unwrap();
        std::fs::write(desk.state().join("code"), office.code()).unwrap();
        let (url, code) = (format!("http://{}", office.proxy.address), desk.state().join("code"));
        let enrolled = desk
            .command(&["enrol", "--server", &url, "--code-file", code.to_str().unwrap()])
            .output();
        let enrolled = enrolled.unwrap();
        assert!(enrolled.status.success(), "{enrolled:?}");
        desk
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.env_clear().stdin(Stdio::null()).arg("--state").arg(self.state()).args(words);
        self.clock.iter().for_each(|clock| clock.give(&mut command));
        command
    }

    /// Starts the agent, and waits until it has rules.
    pub(crate) fn begin(&mut self) {
        self.start();
        until("rules", || self.status()["rules"].as_u64());
    }

    pub(crate) fn start(&mut self) {
        assert!(self.agent.is_none(), "it runs already");
        let words: &[&str] = if self.has_page { &["run"] } else { &["run", "--no-ui"] };
        self.agent = Some(self.command(words).spawn().unwrap());
    }

    /// Ends the agent without a chance to put anything in order.
    pub(crate) fn kill(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill().unwrap();
            agent.wait().unwrap();
        }
    }

    /// The agent's process.
    pub(crate) fn agent(&self) -> Option<&Child> {
        self.agent.as_ref()
    }

    /// Runs a command beside the agent.
    pub(crate) fn ask(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What a command says, whether it fails or not.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        let Output { stdout, stderr, .. } = self.ask(words);
        format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr))
    }

    pub(crate) fn status(&self) -> Value {
        let said = self.ask(&["status", "--json"]);
        serde_json::from_slice(&said.stdout).unwrap_or_else(|why| panic!("{why}: {said:?}"))
    }

    /// How it stands with a product, if it runs here.
    pub(crate) fn standing(&self, product: &str) -> Option<String> {
        let status = self.status();
        let sessions = status["sessions"].as_array()?;
        let one = sessions.iter().find(|one| one["product"] == product)?;
        one["standing"].as_str().map(str::to_owned)
    }

    /// Waits until it stands so with a product.
    pub(crate) fn until(&self, product: &str, standing: &str) {
        let stands = || (self.standing(product).as_deref() == Some(standing)).then_some(());
        until(&format!("{product}: {standing}"), stands);
    }

    /// What the person answers from here on: lines of `KIND = CHOICE`.
    pub(crate) fn answer(&self, lines: &str) {
        let path = self.state().join("answers");
        std::fs::write(path.with_extension("next"), lines).unwrap();
        std::fs::rename(path.with_extension("next"), path).unwrap();
    }

    /// All that the agent said, but for what it dropped as too old.
    pub(crate) fn log(&self) -> String {
        self.says(&["logs", "-n", "1000000"])
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the agent's last words:\n{}", self.says(&["logs", "-n", "40"]));
        }
        self.kill();
    }
}

/// The agent's program, beside the server's. `cargo test` of the workspace has built it before any test runs; of
/// this package alone it may be missing, and is then built once. One that is there is taken as it is: build it
/// (`cargo build -p faregate-agent`) after changes. `FAREGATE_AGENT_PROGRAM`, when this is compiled, names another.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(other) = option_env!("FAREGATE_AGENT_PROGRAM") {
            return other.into();
        }
        let own = Path::new(env!("CARGO_BIN_EXE_faregate"));
        let path = own.with_file_name("faregate-agent");
        if !path.exists() {
            let profile = own.parent().unwrap();
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--locked", "-p", "faregate-agent", "--target-dir"]);
            build.arg(profile.parent().unwrap());
            build.args(profile.ends_with("release").then_some("--release"));
            let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status();
            let help = "`cargo build -p faregate-agent` says why";
            assert!(built.is_ok_and(|built| built.success()), "no {path:?}: {help}");
        }
        path
    })
}

/// A product that runs; dropped, it is closed.
pub(crate) struct Product(Child);

impl Product {
    /// Starts an executable, in a group of its own.
    pub(crate) fn start(program: &Path) -> Self {
        Self(Command::new(program).arg("1000").process_group(0).spawn().unwrap())
    }

    /// Starts one that closes for nobody who asks.
    pub(crate) fn stubborn(program: &Path) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' TERM; exec \"$0\" 1000"]).arg(program);
        Self(command.process_group(0).spawn().unwrap())
    }

    pub(crate) fn is_still(&self) -> bool {
        state(self.0.id()) == Some('T')
    }

    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Waits until it was ended by somebody else.
    pub(crate) fn end(mut self) -> ExitStatus {
        until("a product's end", || self.ended())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// As `ps` shows it: `T` is stopped.
fn state(pid: u32) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(") ").next()?.chars().next()
}
