import { library } from '../../tsup.base.ts'

export default library(['account', 'inspection', 'options', 'program'])
