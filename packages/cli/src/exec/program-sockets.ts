import { Component, type Main } from '@udpng/core'
import type { SocketStats } from '@udpng/dgram'
import { SocketCopy } from './socket-copy.js'

/** The sockets of all processes of a command. */
export class ProgramSockets extends Component {
  protected override readonly plumbing: boolean = true
  /** The command keeps this process alive, not this. */
  protected override readonly isUnref: boolean = true

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }

  /** Shows a socket by a name, which gets a number if another one has it. */
  show(name: string, stats: SocketStats, time: number): SocketCopy {
    // One group: the accounts of sockets that are closed do not grow with the number of addresses.
    return this.activate(new SocketCopy(stats, time), name, 'Socket')
  }
}
