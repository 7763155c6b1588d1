import { runService } from '@cnop/kit/run'
import { loadCnyConfig } from './config.ts'
import { createCny } from './server.ts'

await runService({ name: 'cny', load: loadCnyConfig, create: createCny }, process)
