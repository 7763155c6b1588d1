// The AWS SDK warns at every start that a later version will need Node 22. The warning is of no use to operators: the
// version is pinned, and CONTRIBUTING.md documents it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
