// The AWS SDK announces at every start that a later version will need Node 22. That is a note for us, not for the
// people who run this: the version is pinned, and CONTRIBUTING.md knows.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
