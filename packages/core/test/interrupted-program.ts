import { Component, type Main } from '@udpng/core'
import { runProgram } from '@udpng/core/program'

// MODE: what it does when it is interrupted. It prints what happens.

const [mode] = process.argv.slice(2)

class Job extends Component {
  override *main(): Main {
    if (mode === 'fails') throw new Error('it cannot go on')
    console.log('ready')
    const keepAlive = setInterval(() => {}, 1000)
    try {
      while (!this.readControl() || mode === 'ignores') yield this.pause()
      console.log('draining')
      yield* this.sleep(mode === 'hangs' ? 600_000 : 10)
      console.log('drained')
    } finally {
      clearInterval(keepAlive)
      console.log('closed')
    }
  }
}

await runProgram(new Job(), {
  drainMs: mode === 'ignores' ? 100 : 600_000,
  onInterrupt: (signal, isSecond) => console.log(isSecond ? 'second' : 'first', signal),
})
console.log('over')
