/**
 * Records the datagrams of all sockets of the program in a capture file. Load it after `@udpng/dgram/register`, and before
 * `@udpng/dgram/impair`. The environment variable `UDPNG_RECORD` has the path of the file, which begins with `pcapHeader()` of
 * `@udpng/datagram/pcap`; `udpng exec --record` creates it. Several processes and worker threads can append to one file. Without the
 * variable nothing is recorded.
 *
 * @packageDocumentation
 */
import { recordTo } from './record-to.js'

if (process.env['UDPNG_RECORD']) recordTo(process.env['UDPNG_RECORD'])
