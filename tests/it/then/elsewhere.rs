//! Where else: findings like one in other conversations, and exports that hold a
//! conversation.

use super::desk;
use crate::shell::Shell;

#[test]
fn an_export_is_known_to_those_that_are_in_it() {
    let shell = Shell::project();
    for seed in ["1", "2"] {
        let run = ["run", "returns_desk", "--seed", seed, "--quiet"];
        shell.run(&run).is(0);
    }
    shell.run(&["exports"]).is(0).says("nothing was exported");
    shell
        .run(&["exports", "last"])
        .is(0)
        .says("is in no export.");
    let all = shell
        .run(&["list", "--json", "--sort", "oldest"])
        .is(0)
        .lines();
    let name = |at: usize| all[at]["id"].as_str().unwrap().to_owned();
    let (first, second) = (name(0), name(1));
    shell.run(&["approve", &first]).is(0);
    shell.run(&["export", "golden"]).is(0);
    shell
        .run(&["exports", &first])
        .is(0)
        .says("golden (openai, own): branch main, at the content that was approved");
    shell.run(&["show", &first]).is(0).says("in export ");
    shell
        .run(&["exports", &second])
        .is(0)
        .says("is in no export.");
    let told = shell.run(&["since", &first, "--json"]).is(0).lines();
    let kept = &told[0]["exports"][0];
    assert_eq!(kept["export"]["there"], true);
    assert_eq!(kept["files"].as_array().unwrap().len(), 2);
    let head = kept["files"][0]["head"].as_str().unwrap().to_owned();
    assert_eq!(head, all[0]["head"], "at the content that was approved");
    // The folder goes; that it was made stays.
    std::fs::rename(shell.work().join("golden"), shell.work().join("moved")).unwrap();
    shell
        .run(&["exports"])
        .is(0)
        .says("golden  1 conversation  (the folder is gone)");
    shell
        .run(&["exports", &first])
        .is(0)
        .says("whose folder is gone");
    // One that the store does not know of is taken in, once.
    shell
        .run(&["exports", "--add", "moved"])
        .is(0)
        .says("export 2");
    shell
        .run(&["exports", "--add", "moved"])
        .is(0)
        .says("export 2");
    assert_eq!(shell.run(&["exports", "--json"]).is(0).lines().len(), 2);
    shell
        .run(&["exports", "--add", "nowhere"])
        .is(3)
        .warns("Nothing was noted.");
}

#[test]
fn cases_like_one_come_with_the_most_alike_first() {
    let shell = desk("returns_desk");
    let run = |seed: &str, faults: &[&str]| {
        let mut args = vec!["run", "returns_desk", "--seed", seed, "--quiet"];
        for fault in faults {
            args.extend(["--fault", fault]);
        }
        let code = shell.run(&args).code;
        assert!(code == 0 || code == 1, "{code}");
    };
    for seed in ["1", "2", "3", "4"] {
        run(seed, &["claim_not_done", "wrong_id"]);
    }
    let told = shell.run(&["similar", "last", "--json"]).is(0).lines();
    assert!(!told.is_empty());
    let rank = |v: &serde_json::Value| match v["case"]["alike"].as_str().unwrap() {
        "path" => 0,
        "tool" => 1,
        _ => 2,
    };
    let last = shell.run(&["list", "--json", "-n", "1"]).is(0).lines();
    for line in &told {
        assert_ne!(line["case"]["conversation"], last[0]["id"], "others alone");
        assert_eq!(line["case"]["kind"], line["like"]["kind"]);
    }
    // Of one step: all that is like one finding, the most alike first.
    let number = told[0]["case"]["number"].as_u64().unwrap();
    let id = told[0]["case"]["conversation"].as_str().unwrap();
    let one = shell
        .run(&["similar", id, &number.to_string(), "--json"])
        .is(0)
        .lines();
    assert!(one.iter().all(|l| l["step"].as_u64() == Some(number)));
    let of = |like: &serde_json::Value| -> Vec<i32> {
        one.iter()
            .filter(|l| l["like"] == *like)
            .map(rank)
            .collect()
    };
    let mut tools = 0;
    for line in &one {
        let ranks = of(&line["like"]);
        assert!(ranks.is_sorted(), "{ranks:?}");
        // The same at the same place is in front.
        tools += i32::from(ranks[0] == 0 && line["like"]["tool"] != "");
    }
    assert!(tools > 0, "{one:?}");
    shell
        .run(&["similar", "last"])
        .is(0)
        .says("step ")
        .says("returns_desk");
    shell
        .run(&["similar", "last", "99"])
        .is(2)
        .warns("there is no step 99");
}
