import { Navigate, Outlet, useLocation } from 'react-router'
import { useSessionState } from '../api/SessionProvider.tsx'
import { paths } from '../paths.ts'
import { Pending } from '../ui/Pending.tsx'

/** Lets signed-in people through; others sign in first and come back to where they wanted to be. */
export function RequireSession() {
  const { status } = useSessionState()
  const { pathname, search } = useLocation()
  if (status === 'unknown') return <Pending />
  if (status === 'anonymous') return <Navigate to={paths.signInThen(pathname + search)} replace />
  return <Outlet />
}
