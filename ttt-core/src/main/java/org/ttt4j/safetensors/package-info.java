/**
 * Reading and writing safetensors files: 8 bytes of header length, a JSON header, then the values of all tensors
 * without gaps. A file is checked whole before a value is trusted, and values are moved one tensor at a time.
 */
package org.ttt4j.safetensors;
