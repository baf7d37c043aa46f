/**
 * Runs the `process.nextTick` callbacks and microtasks that are due, as Node.js does between two callbacks of the event loop. Undefined
 * if this version of Node.js lacks the function, which is not documented. To call back from C++ for each message does the same, but
 * takes six times as long.
 */
export const runTicks: (() => void) | undefined = /* @__PURE__ */ findTickCallback()

function findTickCallback(): (() => void) | undefined {
  const { _tickCallback } = process as { _tickCallback?: (this: NodeJS.Process) => void }
  return _tickCallback?.bind(process)
}
