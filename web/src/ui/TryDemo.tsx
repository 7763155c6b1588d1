import { Button, type ButtonProps } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { ask } from '../api/ask.ts'
import { type Failure, failureOf } from '../api/errors.ts'
import { useSession } from '../api/SessionProvider.tsx'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { FailureNotice } from './FailureNotice.tsx'
import { steady } from './focus.tsx'

/** Whether the platform offers demo accounts; a platform that cannot be asked does not. */
function useHasDemo(): boolean {
  const session = useSession()
  const [hasDemo, setHasDemo] = useState(false)
  useEffect(() => {
    const read = async () => {
      const answer = (await (await ask(session, '/auth/demo')).json()) as { isAvailable?: boolean }
      setHasDemo(answer.isAvailable === true)
    }
    read().catch(() => undefined)
  }, [session])
  return hasDemo
}

/** Opens a demo account in one press. Its place is kept while it is not known whether there are any. */
export function TryDemo(props: ButtonProps) {
  const session = useSession()
  const navigate = useNavigate()
  const hasDemo = useHasDemo()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const start = async () => {
    setBusy(true)
    setFailure(undefined)
    try {
      await session.startDemo()
      await navigate(paths.dashboard)
    } catch (error) {
      setFailure(failureOf(error))
      setBusy(false)
    }
  }
  return (
    <>
      <Button
        {...props}
        renderRoot={steady}
        type="button"
        style={{ visibility: hasDemo ? 'visible' : 'hidden' }}
        loading={isBusy}
        onClick={() => void start()}
      >
        {i18n.t('Try the demo')}
      </Button>
      {failure && <FailureNotice failure={failure} />}
    </>
  )
}
