/**
 * Sends the counters of the sockets of the program to another process, once a second. Load it after `@udpng/dgram/register`. The
 * environment variable `UDPNG_SAMPLES` has the path of the Unix domain socket (on Windows, of the named pipe) at which that process
 * listens; it gets a `Sample` of each process and worker thread, as a line of JSON. `udpng exec --inspect` shows them. Without the variable
 * nothing is sent.
 *
 * @packageDocumentation
 */
import { atEnd } from './at-end.js'
import { SampleSender } from './sample-sender.js'
import { Sampler } from './sampler.js'

if (process.env['UDPNG_SAMPLES']) sendSamplesTo(process.env['UDPNG_SAMPLES'])

function sendSamplesTo(path: string): void {
  const sampler = new Sampler(() => sender.start())
  const sender = new SampleSender(path, () => sampler.take())
  atEnd(() => sender.finish())
}
