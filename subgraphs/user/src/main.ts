import { runService } from '@cnop/kit/run'
import { loadUserConfig } from './config.ts'
import { createUser } from './server.ts'

await runService({ name: 'user', load: loadUserConfig, create: createUser }, process)
