/**
 * UDP datagrams as a capture file, which Wireshark and tcpdump read: the classic pcap format, with times in nanoseconds.
 *
 * @packageDocumentation
 */
export type { CapturedDatagram } from './pcap/captured-datagram.js'
export { pcapHeader } from './pcap/pcap-header.js'
export { pcapRecord } from './pcap/pcap-record.js'
