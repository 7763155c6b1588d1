import { runService } from '@cnop/kit/run'
import { loadInventoryConfig } from './config.ts'
import { createInventory } from './server.ts'

await runService({ name: 'inventory', load: loadInventoryConfig, create: createInventory }, process)
