export { eventually } from './eventually.js'
export { ManualClock, turn } from './manual-clock.js'
export { activeResources, liveHeap, openSockets } from './resources.js'
