import { Navigate, Outlet, useLocation } from 'react-router'
import { useSessionState } from '../api/SessionProvider.tsx'
import { paths } from '../paths.ts'
import { Reconnecting } from './Reconnecting.tsx'
import { Pending } from '../ui/Pending.tsx'

/**
 * Lets signed-in people through; others sign in first and come back to where they wanted to be. An outage is no
 * sign-out: a user who was signed in here waits for the answer on the page itself.
 */
export function RequireSession() {
  const state = useSessionState()
  const { pathname, search } = useLocation()
  if (state.status === 'unknown') return <Pending />
  if (state.status === 'reconnecting') return <Reconnecting outage={state.outage} />
  if (state.status === 'anonymous')
    return <Navigate to={paths.signInThen(pathname + search)} replace />
  return <Outlet />
}
