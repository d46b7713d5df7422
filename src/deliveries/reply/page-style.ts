/** Of the pages that are read on a telephone: one column, large fields, nothing wider than the screen. */
export const REPLY_STYLE = `
main{padding:1.25rem 1rem 4rem;max-width:42rem}dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere}
.item,details,.all{border:1px solid var(--line);border-radius:.5rem;padding:.8rem;margin:1rem 0}.address{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.9rem;margin:0 0 .6rem}
label{display:block;margin:.6rem 0 .2rem;font-weight:600}input,select,textarea{width:100%;font:inherit;padding:.6rem;border:1px solid var(--soft);border-radius:.35rem;background:var(--paper);color:var(--ink)}
input[type=checkbox]{width:auto;margin-right:.5rem}textarea{min-height:6rem}button{font:inherit;font-weight:600;min-height:2.9rem;padding:.5rem 1rem;margin:.4rem .4rem .4rem 0;border:1px solid var(--accent);border-radius:.35rem;background:var(--accent);color:var(--paper)}
button.plain{background:var(--paper);color:var(--accent)}.alert{border-left:4px solid #b3261e;padding:.6rem .8rem;margin:1rem 0}.code{font-size:1.5rem;font-family:ui-monospace,monospace;letter-spacing:.05em;white-space:nowrap}
summary{cursor:pointer;font-weight:600;min-height:2rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem}fieldset{border:0;padding:0;margin:0}`;
