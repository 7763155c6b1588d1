import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'

export function NotFoundPage() {
  return (
    <>
      <PageHeading title="Page not found" />
      <EmptyState
        icon={IconMapQuestion}
        title="There is nothing at this address"
        action={
          <Button component={Link} to={paths.market} mt="sm">
            Go to the market
          </Button>
        }
      >
        The link may be old, or a letter may be missing.
      </EmptyState>
    </>
  )
}
