import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Store } from '@cnop/kit/dynamo'
import { readItem } from '@cnop/kit/read'
import { z } from 'zod'
import { type LedgerHealth, unverifiedLedger } from '../domain/ledger-health.ts'
import { ledgerHealthKey } from './keys.ts'

const health = z.object({
  isBalanced: z.boolean(),
  accounts: z.number(),
  entries: z.number(),
  verifiedAt: z.string(),
  assets: z.array(z.object({ assetId: z.string(), isBalanced: z.boolean() })),
})

/** The report is one text: it is written and read as a whole. */
const healthRow = z.object({ report: z.string() })

export async function readLedgerHealth({ db, table }: Store): Promise<LedgerHealth> {
  const item = await readItem(db, table, ledgerHealthKey)
  return item ? health.parse(JSON.parse(healthRow.parse(item).report)) : unverifiedLedger
}

export async function saveLedgerHealth({ db, table }: Store, found: LedgerHealth): Promise<void> {
  const { isBalanced, accounts, entries, verifiedAt, assets } = found
  const shown = assets.map((asset) => ({ assetId: asset.assetId, isBalanced: asset.isBalanced }))
  const report = JSON.stringify({ isBalanced, accounts, entries, verifiedAt, assets: shown })
  await db.documents.send(
    new PutCommand({ TableName: table, Item: { ...ledgerHealthKey, report } }),
  )
}
