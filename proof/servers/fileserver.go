// SPDX-License-Identifier: Apache-2.0

// Serves a folder as Go's own file server does: ADDRESS FOLDER [CERTIFICATE KEY].
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	files := http.FileServer(http.Dir(os.Args[2]))
	if len(os.Args) > 4 {
		log.Fatal(http.ListenAndServeTLS(os.Args[1], os.Args[3], os.Args[4], files))
	}
	log.Fatal(http.ListenAndServe(os.Args[1], files))
}
