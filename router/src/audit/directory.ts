import { join } from 'node:path'

interface Places {
  readonly AUDIT_PATH?: string | undefined
  readonly LOG_FILE_PATH?: string | undefined
  readonly DATA_DIRECTORY: string
}

/** Where chains are kept: below the path of its own, else beside the logs, else beside the data. */
export const auditDirectory = ({ AUDIT_PATH, LOG_FILE_PATH, DATA_DIRECTORY }: Places): string =>
  join(AUDIT_PATH ?? LOG_FILE_PATH ?? DATA_DIRECTORY, 'audit')
