//! Cuts from the browser part what the linker cannot know to be unused.
//!
//! Each type of view has two ways of hydrating, and Leptos keeps pointers to both. The second, `hydrate_async`, waits for
//! routes whose code is loaded later. The console has none: `hydrate_body` begins the first way, and the first never
//! calls the second. The bodies of the second become a trap, so that what only they call goes, too.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Returns how many functions were cut.
pub fn unused(module: &mut Module) -> usize {
    let unused: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(is_unused))
        .collect();
    for id in &unused {
        let (parameters, results) = module.types.params_results(module.funcs.get(*id).ty());
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let arguments = parameters.iter().map(|of| module.locals.add(*of)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    unused.len()
}

/// The functions of this very name, and the futures and closures in them. Each names its place in the source, so the
/// linker has not merged it with an equal function that is called.
fn is_unused(function: &str) -> bool {
    let name = format!("{:#}", rustc_demangle::demangle(function));
    name.trim_end_matches("::{{closure}}")
        .ends_with("::hydrate_async")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_second_way_of_hydrating_is_cut() {
        let view = "_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$";
        let closure = "_$u7b$$u7b$closure$u7d$$u7d$";
        let dropped = "drop_in_place$LT$tachys..hydrate_async..$u7b$$u7b$closure$u7d$$u7d$$GT$";
        for (path, expected) in [
            (vec![view, "into_any", "hydrate_async"], true),
            (vec![view, "into_any", "hydrate_async", closure], true),
            (vec![view, "into_any", "hydrate_from_server"], false),
            (vec!["core", "ptr", dropped], false),
        ] {
            let name = mangled(&path);
            assert_eq!(is_unused(&name), expected, "{name}");
        }
    }

    /// The name that the compiler gives: the length of each part before it, and a hash.
    fn mangled(path: &[&str]) -> String {
        let parts: String = path.iter().map(|part| format!("{}{part}", part.len())).collect();
        format!("_ZN{parts}17h0123456789abcdefE")
    }

    #[test]
    fn a_cut_function_traps() {
        let mut module = Module::default();
        let mut function = FunctionBuilder::new(
            &mut module.types,
            &[walrus::ValType::I32],
            &[walrus::ValType::I32],
        );
        function
            .name("_ZN4view13hydrate_async17h0123456789abcdefE".to_owned())
            .func_body()
            .i32_const(1);
        let parameter = module.locals.add(walrus::ValType::I32);
        let id = function.finish(vec![parameter], &mut module.funcs);
        module.exports.add("f", id);

        assert_eq!(unused(&mut module), 1);

        let body = module.funcs.get(id).kind.unwrap_local();
        assert!(matches!(
            body.block(body.entry_block()).instrs.as_slice(),
            [(walrus::ir::Instr::Unreachable(_), _)]
        ));
        wasmparser::validate(&module.emit_wasm()).unwrap();
    }
}
