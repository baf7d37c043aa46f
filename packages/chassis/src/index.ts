export { Graphline } from './graphline.js'
export type { Linkages, Parts } from './linkages.js'
export { Pipeline, type Stages } from './pipeline.js'
