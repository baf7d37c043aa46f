import type { Address, Datagram } from '@udpng/basic-peer'
import { Graphline } from '@udpng/chassis'
import { Transformer } from '@udpng/flow'
import { type Letter, PostboxPeer } from '@udpng/peers'
import { Argument, Command } from 'commander'
import { endpoint } from '../endpoint.js'
import { runSystem } from '../run-system.js'

/** `udpng echo :1500` */
export function echoCommand(): Command {
  return new Command('echo')
    .summary('send every datagram back to where it came from')
    .addArgument(new Argument('<address>', 'where to listen').argParser(endpoint('::')))
    .action(async ([localAddr, localPort]: Address) => {
      const answer = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
      const BOX = new PostboxPeer({ localAddr, localPort })
      await runSystem(
        new Graphline(
          { BOX, ANSWER: answer },
          { 'BOX.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'BOX.inbox' },
        ),
      )
    })
}
