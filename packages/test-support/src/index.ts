export { eventually } from './eventually.js'
export { ManualClock, turn } from './manual-clock.js'
export { type End, has, Program, Running } from './program.js'
export { activeResources, liveHeap, openSockets } from './resources.js'
