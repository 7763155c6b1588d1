import { Component, type ReactNode } from 'react'
import { useLocation } from 'react-router'
import { PageCrash } from './PageCrash.tsx'

type BoundaryProps = { readonly children: ReactNode }

/** React offers error boundaries as classes only. */
class Boundary extends Component<BoundaryProps, { hasCrashed: boolean }> {
  override state = { hasCrashed: false }

  static getDerivedStateFromError() {
    return { hasCrashed: true }
  }

  override render() {
    return this.state.hasCrashed ? <PageCrash /> : this.props.children
  }
}

/** Keeps a broken page from taking the app along; the next page starts afresh. */
export function PageBoundary({ children }: BoundaryProps) {
  const { pathname } = useLocation()
  return <Boundary key={pathname}>{children}</Boundary>
}
