export {
  type Account,
  accountOf,
  discrepancy,
  statement,
  unaccounted,
} from './accounting.js'
export { describeAccounts } from './accounts.js'
export { type Addon, buildFaultyAddon, findAddon } from './addon.js'
export { faultOf } from './check-account.js'
export { attempt, corpus } from './corpus.js'
export { DrainedGraph } from './drained-graph.js'
export { type Finding, finding } from './finding.js'
export { anyControlData, expectedStride } from './fuzz/control-data.js'
export { anyHost, expectedKind } from './fuzz/hosts.js'
export { anyLetter, anyPayload, anyTarget } from './fuzz/letters.js'
export { anyOptions, type OptionsInput, optionNames } from './fuzz/options.js'
export { PlayedPeer } from './fuzz/played-peer.js'
export { isWrong } from './fuzz/right-options.js'
export { expectedText, isHarmless } from './fuzz/terminal.js'
export { oddities } from './oddities.js'
export { describeOverload } from './overload.js'
export { type Outcome, worksAfterMs } from './programs/outcome.js'
export { type Decisions, oneOf, Random } from './random.js'
export {
  anyBytes,
  anyNumber,
  anyRecipe,
  anyText,
  make,
  numberRecipe,
  oddRecipes,
  type Recipe,
} from './recipe.js'
export { isLong, seed, sizeOf } from './run.js'
export { byHand, type Play, underRun } from './scheduler/play.js'
export { search, type Tried } from './scheduler/search.js'
export { StepClock } from './scheduler/step-clock.js'
