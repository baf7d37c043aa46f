export { describeProcesses } from './describe-processes.js'
