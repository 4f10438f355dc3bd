//! Findings as rows of their own are a reading of the log.

use super::Room;
use stategen::dataset::similar::{asked, cases};

#[test]
fn rows_of_findings_are_made_anew_from_the_log() {
    let room = Room::new();
    let a = room.made("01a", "returns_desk", 0, 1, &["wrong_id"]);
    room.made("01b", "returns_desk", 0, 2, &["wrong_id"]);
    let session = room.store.look(&a).unwrap().session;
    let likes = asked(&session, session.head(), None);
    assert!(!likes.is_empty());
    let found = || -> Vec<_> {
        likes
            .iter()
            .flat_map(|(_, like)| cases(&room.store, like, &a, 50).unwrap())
            .collect()
    };
    let before = found();
    assert!(!before.is_empty());
    assert!(before.iter().all(|c| c.row.conversation.0 == "01b"));
    let path = room.dir.path().join(".stategen/store.sqlite");
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch("DELETE FROM finding_row").unwrap();
    assert!(found().is_empty());
    room.store.rebuild().unwrap();
    assert_eq!(found(), before);
}
