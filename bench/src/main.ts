import { work } from './jobs.js'
import { measure, WORKER } from './worker.js'
import { CARRIERS } from './hops.js'
import { flow } from './datagrams.js'
import { pingPong } from './ping-pong.js'
if (process.argv[2] === WORKER) await work(process.argv[3]!, JSON.parse(process.argv[4]!) as never)
else {
  const what = process.argv[2]
  if (what === 'hops') for (let r=0;r<3;r++) for (const by of Object.keys(CARRIERS)) console.log(by, await measure('carry', {by, count: 1e6}))
  if (what === 'flow') for (let r=0;r<3;r++) for (const size of [64,1200]) for (const [a,b] of [['bare','bare'],['udpng','udpng'],['udpng','bare'],['bare','udpng']] as any) console.log(size,a,b, await flow(a,b,size,{warmUpMs:500,measuredMs:1000}))
  if (what === 'ping') for (let r=0;r<3;r++) for (const by of ['bare','udpng'] as const) console.log(by, await pingPong(by, 20000))
  if (what === 'pause') console.log(await measure('pause', {count: 100000, watchMs: 3000}))
  process.exit()
}
