export { DataSource } from './data-source.js'
export { Splitter } from './splitter.js'
export { Ticker, type TickerOptions } from './ticker.js'
export { Transformer } from './transformer.js'
