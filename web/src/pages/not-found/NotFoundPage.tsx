import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'

export function NotFoundPage() {
  return (
    <>
      <PageHeading title={i18n.t('Page not found')} />
      <EmptyState
        icon={IconMapQuestion}
        title={i18n.t('There is nothing at this address')}
        action={
          <Button component={Link} to={paths.market} mt="sm">
            {i18n.t('Go to the market')}
          </Button>
        }
      >
        {i18n.t('The link may be old, or a letter may be missing.')}
      </EmptyState>
    </>
  )
}
