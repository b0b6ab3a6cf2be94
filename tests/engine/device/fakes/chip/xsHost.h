/* The SDK's, of which nothing is needed. */
