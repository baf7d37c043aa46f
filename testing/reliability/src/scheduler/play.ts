import { turn } from 'test-support'
import type { Tape } from './tape.js'
import { World } from './world.js'

/** How a world goes on. */
export type Play = (tape: Tape, story?: string[]) => Promise<World>

/** Rounds of run() in one world. */
const MAX_ROUNDS = 20
/** Turns of the event loop in which everything that is going to happen has happened. */
const MAX_TURNS = 50

/** Cycle by cycle, with `step()`. */
export const byHand: Play = async (tape, story) => {
  const world = new World(tape, { underRun: false, story })
  world.populate()
  while (!tape.over) {
    for (let n = world.roll(4); n > 0; n--) {
      world.happen()
      world.check()
    }
    world.cycle()
    world.check()
  }
  world.stop()
  world.checkEnd()
  return world
}

/** With `run()`, round by round; each ends by itself, by `stop()`, or by an abort. */
export const underRun: Play = async (tape, story) => {
  const world = new World(tape, { underRun: true, story })
  for (let round = 0; round < MAX_ROUNDS && !(tape.over && round > 0); round++) {
    world.populate()
    world.run()
    const end = world.roll(3)
    while (world.citizens > 0 && !tape.over) {
      world.happen()
      world.check()
      await pass(world, world.roll(4))
    }
    if (end === 1) await abort(world)
    if (end === 2) await pass(world, 0)
    if (world.citizens === 0 && world.living > 0) throw new Error('services outlive the run')
    if (world.living > 0) world.stop()
    world.check()
    // An abort that comes when the run is over has no effect.
    if (world.roll(4) === 3) world.abort()
    else await settled(world)
    if (world.roll(4) === 3) world.populate()
    await settled(world)
    if (world.living === 0) world.checkEnd()
    await world.checkRuns()
    world.check()
  }
  world.stop()
  world.checkEnd()
  return world
}

/** Lets the scheduler go on: a turn of the event loop, or what follows the present callback. */
async function pass(world: World, how: number): Promise<void> {
  if (how === 3) return
  if (how > 0) for (let n = 0; n < 3; n++) await undefined
  else {
    await turn()
    const { steps } = world
    for (let n = 0; n < 3 && world.isDue && world.steps === steps; n++) await turn()
    if (world.isDue && world.steps === steps && world.citizens > 0)
      throw new Error('an actor is awake, and none steps')
  }
  world.check()
}

/** Asks all to shut down, and gives them their time; those that they asked, too. */
async function abort(world: World): Promise<void> {
  world.abort()
  for (let n = 0; n < MAX_TURNS && world.citizens > 0 && world.aborted; n++) {
    await pass(world, 0)
    world.passTo(world.now + 1000)
    world.check()
  }
  if (world.aborted && world.citizens > 0) throw new Error('an abort did not reach every actor')
}

async function settled(world: World): Promise<void> {
  for (let n = 0; n < MAX_TURNS && !world.settled; n++) await turn()
  if (!world.settled) throw new Error(`${world.runs} runs do not come to an end`)
}
