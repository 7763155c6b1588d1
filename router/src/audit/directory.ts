import { join } from 'node:path'

interface Places {
  readonly AUDIT_PATH?: string | undefined
  readonly LOG_FILE_PATH?: string | undefined
  readonly DATA_DIRECTORY: string
}

/** The directory of the chains: the configured path, else a folder beside the logs, else beside the data. */
export const auditDirectory = ({ AUDIT_PATH, LOG_FILE_PATH, DATA_DIRECTORY }: Places): string =>
  join(AUDIT_PATH ?? LOG_FILE_PATH ?? DATA_DIRECTORY, 'audit')
