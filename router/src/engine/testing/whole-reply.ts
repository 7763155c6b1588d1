/** Both ways from the only reply of an operation to the body of its result, to compare them. */
import type { DocumentNode, GraphQLSchema } from 'graphql'
import type { Run } from '../call/run.ts'
import { readReplyInTurns, type ReplyContent } from '../call/reply.ts'
import type { Data } from '../data.ts'
import { noInternRules } from '../plan/intern.ts'
import { clientFields, readOperation } from '../plan/client-operation.ts'
import { SubgraphFault } from '../transport.ts'
import { compileResult } from '../write/result.ts'

export interface WholeReply {
  /** Without parsing; undefined where the reply must be parsed. */
  readonly scan: (reply: Buffer, coerced: Data) => Promise<Buffer | undefined>
  /** With parsing; undefined where the reply is no valid result without errors. */
  readonly parse: (reply: Buffer, coerced: Data) => Promise<Buffer | undefined>
}

/** `document` has one operation. */
export function openWholeReply(schema: GraphQLSchema, document: DocumentNode): WholeReply {
  const source = readOperation(document, undefined, {
    outputNames: new Map(),
    clientVariable: undefined,
  })
  if (!source) throw new Error('The document must have one operation.')
  const result = compileResult(source, schema, {
    isGenerated: true,
    interned: noInternRules,
    refused: new Set(),
    fetched: new Set(clientFields(source).keys()),
    isWhole: true,
  })
  return {
    scan: async (reply, coerced) => result.scannerFor(coerced)?.scan(reply),
    parse: async (reply, coerced) => {
      const content = await readable(reply)
      if (!content?.data || content.errors.length > 0) return undefined
      const { data, isPlain, size } = content
      const run: Run = {
        root: data,
        variables: coerced,
        coerced,
        errors: [],
        errorWork: 0,
        copied: 0,
        context: undefined,
        shareKey: undefined,
        isMutation: false,
        signal: undefined,
        restrictCache: undefined,
        scanner: undefined,
        scanned: undefined,
        size,
        isPlain,
      }
      const { body, notes } = await result.write(run)
      return body && notes.length === 0 ? body.bytes : undefined
    },
  }
}

async function readable(bytes: Buffer): Promise<ReplyContent | undefined> {
  try {
    return await readReplyInTurns('whole', { bytes })
  } catch (error) {
    if (error instanceof SubgraphFault) return undefined
    throw error
  }
}
