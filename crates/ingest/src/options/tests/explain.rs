use super::*;
use crate::features::FeatureTable;
use crate::options::explain::explain;

fn check(text: &str, expected: &[&str]) {
    let found = explain(&OptionsFile::parse(text), &FeatureTable::shipped());
    let found: Vec<String> =
        found.iter().map(|sentence| format!("{:?} {}", sentence.lines, sentence.text)).collect();
    assert_eq!(found, expected);
}

#[test]
fn each_directive_is_a_sentence() {
    check(
        "GROUP G a b\nGROUP G c\nHOST_GROUP H ws\nINCLUDE 64300ACD_T_F GROUP G\nINCLUDE 64300ACD_T_F USER jo\nEXCLUDE 64300ACD_F HOST_GROUP H\nINCLUDE_BORROW NOSUCH INTERNET 10.*.*.*\nEXCLUDEALL GROUP none\nINCLUDEALL PROJECT p\n",
        &[
            "[1, 2] The group `G` has 3 users.",
            "[3] The group of hosts `H` has 1 host.",
            "[4, 5] AutoCAD (`64300ACD_T_F`, subscription) is for the group `G` (3 in it), the user `jo` and nobody else.",
            "[6] AutoCAD (`64300ACD_F`, perpetual) is not for the hosts `H` (1 in it).",
            "[7] `NOSUCH` is borrowed by the addresses 10.*.*.* and nobody else.",
            "[8] No feature is for the group `none` (which does not exist).",
            "[9] Any feature is for the project `p`, and for who is included for it by name.",
        ],
    );
    check(
        "RESERVE 1 F DISPLAY d\nMAX 3 F HOST h\nTIMEOUT F 5400\nTIMEOUTALL 3600\nLINGER F 61\nBORROW_LOWWATER F 1\nMAX_BORROW_HOURS F 240\nMAX_OVERDRAFT F 2\n",
        &[
            "[1] 1 licence of `F` is kept for the display `d`; nobody else gets them.",
            "[2] At most 3 licences of `F` at a time for the host `h`.",
            "[3] `F` is taken back after 90 minutes of idleness.",
            "[4] Any licence is taken back after 1 hour of idleness.",
            "[5] `F` stays out 61 seconds after its check-in.",
            "[6] 1 licence of `F` cannot be borrowed.",
            "[7] `F` may be borrowed for 10 days at most.",
            "[8] `F` may be overdrawn by 2 at most.",
        ],
    );
    check(
        "GROUPCASEINSENSITIVE ON\nREPORTLOG +\"C:\\a b\"\nDEBUGLOG d\nNOLOG OUT\nAUTOMATIC_REREAD OFF\nbogus\n# x\n",
        &[
            "[1] The case of members of groups does not matter.",
            "[2] The report log is added to C:\\a b.",
            "[3] The debug log is written anew to d.",
            "[4] The debug log leaves out OUT events, so Faregate cannot see them there.",
            "[5] AUTOMATIC_REREAD is FlexNet's own; Faregate leaves it alone.",
        ],
    );
}
