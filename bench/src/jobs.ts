import { carry } from './hops.js'
import { gather } from './many-sockets.js'
import { pause } from './paused.js'
import { ping, pong } from './ping-pong.js'
import { receive } from './receiver.js'
import { send } from './sender.js'
import { view } from './viewer.js'
import { tell } from './words.js'

/** Does a worker's job; one that is measured as a whole reports its numbers at the end. */
export async function work(job: string, options: never): Promise<void> {
  process.once('disconnect', () => process.exit()) // the parent has ended
  switch (job) {
    case 'carry':
      return carry(options)
    case 'gather':
      return gather(options)
    case 'ping':
      return ping(options)
    case 'pause':
      return tell(await pause(options))
    case 'pong':
      return pong(options)
    case 'receive':
      return receive(options)
    case 'send':
      return send(options)
    case 'view':
      return view(options)
    default:
      throw new Error(`there is no job ${job}`)
  }
}
